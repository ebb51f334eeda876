aws lambda update-event-source-mapping --uuid "$MAPPING_UUID" \
    --maximum-batching-window-in-seconds 10
