resource "aws_lambda_event_source_mapping" "this" {
  parallelization_factor = 4
}
