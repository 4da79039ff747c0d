# SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
girih_top.sv
