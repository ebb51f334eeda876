resource "aws_lambda_event_source_mapping" "this" {
  maximum_batching_window_in_seconds = 10
}
