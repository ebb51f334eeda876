variable "env" { default = "dev" }
variable "size" {
  type = number
}
locals {
  sizes = { dev = 10, prod = 500 }
  size  = lookup(local.sizes, var.env, 100)
  streams = { a = { p = 2 }, b = { p = 3 } }
}
resource "aws_kinesis_stream" "s" {
  name = "s"
  shard_count = var.env == "prod" ? 8 : 2
  retention_period = 48
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  memory_size = 256
  timeout = 15
  reserved_concurrent_executions = 9
}
resource "aws_lambda_event_source_mapping" "m" {
  for_each = local.streams
  event_source_arn = aws_kinesis_stream.s.arn
  function_name = aws_lambda_function.f.arn
  batch_size = local.size
  parallelization_factor = each.value.p
  starting_position = "TRIM_HORIZON"
  maximum_retry_attempts = var.size
  function_response_types = ["ReportBatchItemFailures"]
  dynamic "destination_config" {
    for_each = var.env == "dev" ? [1] : []
    content {
      on_failure { destination_arn = "arn:aws:sqs:us-east-1:111122223333:dlq" }
    }
  }
  filter_criteria {
    dynamic "filter" {
      for_each = ["a", "b"]
      content {
        pattern = jsonencode({ data = { k = [filter.value] } })
      }
    }
  }
}
resource "aws_lambda_event_source_mapping" "off" {
  count = var.env == "prod" ? 1 : 0
  event_source_arn = aws_kinesis_stream.s.arn
  function_name = "f"
  starting_position = "LATEST"
}
resource "aws_lambda_event_source_mapping" "q" {
  event_source_arn = aws_sqs_queue.q.arn
  function_name = "f"
}
