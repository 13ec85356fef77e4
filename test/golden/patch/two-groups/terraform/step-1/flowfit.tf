# Written by flowfit 0.1.0 for account 111122223333, Region eu-west-1.
#
# Groups that change: 2
#   sg-0aa0000000000000a (web'; echo injected #): 3 kept, 3 added, 3 removed
#   sg-0bb0000000000000b (data echo injected "${x}"): 1 kept, 1 added, 1 removed
#
# Step 1 of 2: imports the rules of today and creates the new ones. Put it into the configuration of the account as
# flowfit.tf, and apply: the plan must show imports and additions only.
#
# Terraform 1.7 or newer. If a configuration has these rules already, in the group or as resources, change them there
# instead: no rule may be in two places. "flowfit check --plan" tells what a plan would cut.
# Import blocks may be deleted after step 2.

# sg-0aa0000000000000a (web'; echo injected #)

import {
  to = aws_vpc_security_group_ingress_rule.sgr_0a3
  id = "sgr-0a3"
}

resource "aws_vpc_security_group_ingress_rule" "sgr_0a3" {
  security_group_id = "sg-0aa0000000000000a"
  ip_protocol       = "icmp"
  from_port         = 8
  to_port           = -1
  cidr_ipv4         = "10.0.0.0/8"
  description       = "Ping; costs $5 & more"
}

import {
  to = aws_vpc_security_group_egress_rule.sgr_0a5
  id = "sgr-0a5"
}

resource "aws_vpc_security_group_egress_rule" "sgr_0a5" {
  security_group_id = "sg-0aa0000000000000a"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

import {
  to = aws_vpc_security_group_ingress_rule.sgr_0a6
  id = "sgr-0a6"
}

resource "aws_vpc_security_group_ingress_rule" "sgr_0a6" {
  security_group_id = "sg-0aa0000000000000a"
  ip_protocol       = "50"
  cidr_ipv4         = "192.0.2.7/32"
  description       = "Tunnel $${var.name}"
}

import {
  to = aws_vpc_security_group_ingress_rule.sgr_0a1
  id = "sgr-0a1"
}

resource "aws_vpc_security_group_ingress_rule" "sgr_0a1" {
  security_group_id = "sg-0aa0000000000000a"
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_ipv4         = "0.0.0.0/0"
  description       = "SSH for all"
}

import {
  to = aws_vpc_security_group_ingress_rule.sgr_0a2
  id = "sgr-0a2"
}

resource "aws_vpc_security_group_ingress_rule" "sgr_0a2" {
  security_group_id = "sg-0aa0000000000000a"
  ip_protocol       = "tcp"
  from_port         = 1
  to_port           = 65535
  cidr_ipv6         = "::/0"
  description       = "All of it"
}

import {
  to = aws_vpc_security_group_ingress_rule.sgr_0a4
  id = "sgr-0a4"
}

resource "aws_vpc_security_group_ingress_rule" "sgr_0a4" {
  security_group_id = "sg-0aa0000000000000a"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  prefix_list_id    = "pl-0123456789abcdef0"
  description       = "S3 $(echo injected); * {x}"
}

resource "aws_vpc_security_group_ingress_rule" "rule_d65695d3bebabc61" {
  security_group_id = "sg-0aa0000000000000a"
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_ipv4         = "198.51.100.0/28"
  description       = "SSH for all (from sgr-0a1)"
}

resource "aws_vpc_security_group_ingress_rule" "rule_12f9354ad8f1facb" {
  security_group_id = "sg-0aa0000000000000a"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 444
  cidr_ipv6         = "2001:db8::/32"
  description       = "All of it; S3 $(echo injected); * {x} (from sgr-0a2, sgr-0a4)"
}

resource "aws_vpc_security_group_ingress_rule" "rule_af1c1865412081b2" {
  security_group_id            = "sg-0aa0000000000000a"
  ip_protocol                  = "udp"
  from_port                    = 53
  to_port                      = 53
  referenced_security_group_id = "sg-0bb0000000000000b"
  description                  = "It_s _new_ _ber $${HOME}"
}

# sg-0bb0000000000000b (data echo injected "${x}")

import {
  to = aws_vpc_security_group_egress_rule.sgr_0b2
  id = "sgr-0b2"
}

resource "aws_vpc_security_group_egress_rule" "sgr_0b2" {
  security_group_id = "sg-0bb0000000000000b"
  ip_protocol       = "icmpv6"
  from_port         = -1
  to_port           = -1
  cidr_ipv6         = "2001:db8::/48"
}

import {
  to = aws_vpc_security_group_ingress_rule.sgr_0b1
  id = "sgr-0b1"
}

resource "aws_vpc_security_group_ingress_rule" "sgr_0b1" {
  security_group_id = "sg-0bb0000000000000b"
  ip_protocol       = "-1"
  cidr_ipv4         = "10.0.0.0/8"
  description       = "Everything"
}

resource "aws_vpc_security_group_ingress_rule" "rule_5dc53e477e3b198c" {
  security_group_id            = "sg-0bb0000000000000b"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = "444455556666/sg-0aa0000000000000a"
  description                  = "Everything (from sgr-0b1)"
}
