#!/bin/sh
# Sell through Tillbridge with curl.
#
#     TILLBRIDGE_URL=http://127.0.0.1:47811 TILLBRIDGE_TOKEN=... sh sell.sh till-1
#
# Exits with 0 when the receipt is out, 1 when it surely is not, 3 when that is not known yet.
set -eu
device=$1
key=$(cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen) # a real till keeps it with the sale, before it sends anything

submit() { # submit KEY BODY: the same key however often it must be asked, so never a second receipt
    curl --silent --show-error --max-time 60 --retry 20 --retry-delay 1 --retry-all-errors \
        --header "Authorization: Bearer $TILLBRIDGE_TOKEN" --header "Content-Type: application/json" \
        --header "Idempotency-Key: $1" --header "Prefer: wait=30" --data "$2" "$TILLBRIDGE_URL/api/v1/devices/$device/jobs"
}

# A receipt that does not add up: refused before anything is stored or sent.
refused=$(submit "$key-wrong" '{"op": "receipt", "currency": "PLN", "total": "9.50", "lines": [{"name": "Tea", "price": "9.00", "vat": "23%"}]}')
echo "refused: $refused"

job=$(submit "$key" '{"op": "receipt", "currency": "PLN",
    "lines": [{"name": "Tea", "quantity": "2", "price": "4.50", "vat": "23%"}],
    "payments": [{"kind": "cash", "amount": "10.00"}]}')
case $job in
    *'"state":"done"'*) number=${job#*'"number":"'}; echo "Receipt ${number%%'"'*} is out." ;;
    *'"state":"failed"'*) echo "Nothing was issued: $job"; exit 1 ;;
    *) echo "Not known yet: $job"; exit 3 ;;
esac
