"""One small module per HTTP library. Each turns `Request` into `Response` and its failures into `WireFailure`."""
