aws lambda update-event-source-mapping --uuid "$MAPPING_UUID" \
    --parallelization-factor 4
