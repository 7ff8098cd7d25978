# Varnish answering from memory; nginx has the files. The parameters are in
# tests/bench/serve.
vcl 4.1;

backend files {
	.host = "127.0.0.1";
	.port = "8081";
}

sub vcl_backend_response {
	set beresp.ttl = 1h;
}
