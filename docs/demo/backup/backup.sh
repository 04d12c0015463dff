#!/bin/sh
# Packs what the shop keeps.
tar -czf "/backups/shop-$(date +%F).tar.gz" /data
