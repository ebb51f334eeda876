module "projector" {
  source        = "terraform-aws-modules/lambda/aws"
  version       = "~> 7.0"
  function_name = "projector"
  timeout       = 45
  memory_size   = 512

  event_source_mapping = {
    orders = {
      event_source_arn           = aws_dynamodb_table.orders.stream_arn
      starting_position          = "LATEST"
      destination_arn_on_failure = aws_sqs_queue.failed.arn
      filter_criteria = [
        { pattern = jsonencode({ eventName : ["INSERT"] }) },
      ]
    }
  }
}
