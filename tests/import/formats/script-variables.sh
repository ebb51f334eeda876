#!/bin/bash
set -e
SIZE=${SIZE:-200}
ARN="arn:aws:kinesis:us-east-1:111122223333:stream/clicks"
aws --region us-east-1 lambda create-event-source-mapping --function-name f \
  --event-source-arn "$ARN" --batch-size=$SIZE \
  --starting-position LATEST --parallelization-factor "$P" \
  --bisect-batch-on-function-error --function-response-types ReportBatchItemFailures \
  --destination-config '{"OnFailure":{"Destination":"arn:aws:sqs:us-east-1:111122223333:dlq"}}' \
  --filter-criteria 'Filters=[{Pattern="{\"data\":{\"a\":[1]}}"}]' --no-enabled > /dev/null
