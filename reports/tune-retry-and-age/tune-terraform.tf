resource "aws_lambda_event_source_mapping" "this" {
  maximum_retry_attempts = 10
  maximum_record_age_in_seconds = 3600
  bisect_batch_on_function_error = true
  function_response_types = []
}
