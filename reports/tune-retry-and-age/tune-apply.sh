aws lambda update-event-source-mapping --uuid "$MAPPING_UUID" \
    --maximum-retry-attempts 10 \
    --maximum-record-age-in-seconds 3600 \
    --bisect-batch-on-function-error \
    --function-response-types '[]'
