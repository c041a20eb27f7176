"""Named formats of JSON lines; where their fields stand is said in ``json_maps``."""

from __future__ import annotations

from typing import Final

from weblog.formats.named.row import NamedFormat

_AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0"
_NGINX: Final = "https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format"

ROWS: Final = (
    NamedFormat(
        name="caddy",
        title="JSON of Caddy 2",
        writers="Caddy",
        source="https://caddyserver.com/docs/caddyfile/directives/log",
        text="json:caddy",
        samples=(
            (
                '{"level":"info","ts":1747476303.456,"logger":"http.log.access","msg":"handled",'
                '"request":{"remote_ip":"192.0.2.7","remote_port":"41342","client_ip":"192.0.2.7",'
                '"proto":"HTTP/2.0","method":"GET","host":"shop.example","uri":"/plan?id=3","headers":'
                f'{{"User-Agent":["{_AGENT}"],"Referer":["https://search.example/"]}}}},'
                '"bytes_read":0,"user_id":"K1001","duration":0.02517,"size":5120,"status":200,'
                '"resp_headers":{"Server":["Caddy"]}}'
            ),
        ),
    ),
    NamedFormat(
        name="traefik_json",
        title="JSON of Traefik",
        writers="Traefik with accesslog.format=json",
        source="https://doc.traefik.io/traefik/observability/access-logs/",
        text="json:traefik",
        samples=(
            (
                '{"ClientAddr":"192.0.2.7:41342","ClientHost":"192.0.2.7","ClientUsername":"K1001",'
                '"DownstreamContentSize":5120,"DownstreamStatus":200,"Duration":25170000,'
                '"RequestHost":"shop.example","RequestMethod":"GET","RequestPath":"/plan?id=3",'
                '"StartUTC":"2025-05-17T10:05:03.456789012Z","entryPointName":"websecure","level":"info",'
                f'"msg":"","request_Referer":"https://search.example/","request_User-Agent":"{_AGENT}",'
                '"time":"2025-05-17T10:05:03Z"}'
            ),
        ),
    ),
    NamedFormat(
        name="google_http_lb",
        title="JSON of Google Cloud's HTTP(S) load balancer",
        writers="Google Cloud Logging, exported as JSON lines",
        source="https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#httprequest",
        text="json:google",
        samples=(
            (
                '{"httpRequest":{"latency":"0.025170s","referer":"https://search.example/",'
                '"remoteIp":"192.0.2.7","requestMethod":"GET","requestSize":"242",'
                '"requestUrl":"https://shop.example/plan?id=3","responseSize":"5120","status":200,'
                f'"userAgent":"{_AGENT}"}},"insertId":"1x","logName":"projects/p/logs/requests",'
                '"severity":"INFO","timestamp":"2025-05-17T10:05:03.456789Z"}'
            ),
        ),
        aliases=("gcp_http_lb",),
    ),
    NamedFormat(
        name="cloudflare",
        title="JSON of Cloudflare Logpush",
        writers="Cloudflare (http_requests)",
        source="https://developers.cloudflare.com/logs/reference/log-fields/zone/http_requests/",
        text="json:cloudflare",
        samples=(
            (
                '{"ClientIP":"192.0.2.7","ClientRequestHost":"shop.example","ClientRequestMethod":"GET",'
                '"ClientRequestReferer":"https://search.example/","ClientRequestURI":"/plan?id=3",'
                f'"ClientRequestUserAgent":"{_AGENT}","EdgeEndTimestamp":"2025-05-17T10:05:04Z",'
                '"EdgeResponseBytes":5120,"EdgeResponseStatus":200,"EdgeTimeToFirstByteMs":25,'
                '"EdgeStartTimestamp":"2025-05-17T10:05:03Z","RayID":"3a6050bcbe121a87"}'
            ),
        ),
    ),
    NamedFormat(
        name="cloudfront_json",
        title="JSON of Amazon CloudFront (standard logging v2)",
        writers="Amazon CloudFront",
        source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html",
        text="json:cloudfront",
        samples=(
            (
                '{"date":"2025-05-17","time":"10:05:03","x-edge-location":"ICN54-C1","sc-bytes":"5120",'
                '"c-ip":"192.0.2.7","cs-method":"GET","cs(Host)":"d111.cloudfront.net",'
                '"cs-uri-stem":"/plan","sc-status":"200","cs(Referer)":"https://search.example/",'
                '"cs(User-Agent)":"Mozilla/5.0%20(X11;%20Linux%20x86_64)","cs-uri-query":"id=3",'
                '"cs(Cookie)":"-","x-host-header":"shop.example","time-taken":"0.025",'
                '"x-forwarded-for":"-"}'
            ),
        ),
    ),
    NamedFormat(
        name="ecs_json",
        title="JSON with the fields of the Elastic Common Schema",
        writers="Filebeat, Elastic Agent, Logstash, loggers with ECS layouts",
        source="https://www.elastic.co/guide/en/ecs/current/ecs-field-reference.html",
        text="json:ecs",
        samples=(
            (
                '{"@timestamp":"2025-05-17T10:05:03.456Z","source":{"ip":"192.0.2.7"},"user":{"name":'
                '"K1001"},"http":{"request":{"method":"GET","referrer":"https://search.example/"},'
                '"response":{"status_code":200,"body":{"bytes":5120}}},"url":{"original":"/plan?id=3",'
                f'"domain":"shop.example"}},"user_agent":{{"original":"{_AGENT}"}},'
                '"event":{"duration":25170000}}'
            ),
        ),
    ),
    NamedFormat(
        name="envoy_json",
        title="JSON of Envoy and Istio",
        writers="Envoy, Istio (accessLogEncoding: JSON)",
        source="https://istio.io/latest/docs/tasks/observability/logs/access-log/",
        text="json:envoy",
        samples=(
            (
                '{"authority":"shop.example","bytes_received":0,"bytes_sent":5120,'
                '"downstream_remote_address":"192.0.2.7:41342","duration":25,"method":"GET",'
                '"path":"/plan?id=3","protocol":"HTTP/2","response_code":200,"response_flags":"-",'
                f'"start_time":"2025-05-17T10:05:03.456Z","user_agent":"{_AGENT}",'
                '"x_forwarded_for":"192.0.2.7"}'
            ),
        ),
        aliases=("istio_json",),
    ),
    NamedFormat(
        name="api_gateway",
        title="JSON of Amazon API Gateway",
        writers="Amazon API Gateway (the JSON format of its console)",
        source="https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
        text="json:api_gateway",
        samples=(
            (
                '{"requestId":"c6af9ac6","ip":"192.0.2.7","caller":"-","user":"K1001",'
                '"requestTime":"17/May/2025:10:05:03 +0000","httpMethod":"GET",'
                '"resourcePath":"/plan",'
                '"status":"200","protocol":"HTTP/1.1","responseLength":"5120"}'
            ),
        ),
    ),
    NamedFormat(
        name="nginx_json",
        title="JSON of nginx, keys named like its variables",
        writers="nginx with log_format ... escape=json",
        source=_NGINX,
        text="json:nginx",
        telling='"(?:remote_addr|realip_remote_addr)"',
        samples=(
            (
                '{"time_local":"17/May/2025:10:05:03 +0900","remote_addr":"192.0.2.7",'
                '"remote_user":"K1001","request":"GET /plan?id=3 HTTP/1.1","status":"200",'
                '"body_bytes_sent":"5120","request_time":"0.025",'
                f'"http_referrer":"https://search.example/","http_user_agent":"{_AGENT}"}}'
            ),
            (
                '{"time_iso8601":"2025-05-17T10:05:03+09:00","remote_addr":"192.0.2.7","request_method":'
                '"GET","request_uri":"/plan?id=3","status":200,"bytes_sent":5120,"request_time":0.025,'
                f'"http_referer":"","http_user_agent":"{_AGENT}","host":"shop.example"}}'
            ),
        ),
    ),
    NamedFormat(
        name="apache_json",
        title="JSON of Apache",
        writers="Apache with a LogFormat that writes JSON, or mod_log_json",
        source="https://github.com/tmthrgd/mod_log_json",
        text="json:apache",
        telling='"(?:remoteIP|remoteAddr|remoteHost|clientIP)"',
        samples=(
            (
                '{"time":"2025-05-17T10:05:03+0900","remoteIP":"192.0.2.7","host":"shop.example",'
                '"requestPath":"/plan","query":"?id=3","method":"GET","status":"200",'
                f'"userAgent":"{_AGENT}","referer":"https://search.example/"}}'
            ),
        ),
    ),
    NamedFormat(
        name="json",
        title="JSON with the usual names of keys",
        writers="Matomo's nginx_json, and log_formats that people write",
        source="https://github.com/matomo-org/matomo-log-analytics#readme",
        text="json:common",
        samples=(
            (
                '{"ip":"192.0.2.7","host":"shop.example","path":"/plan?id=3","status":"200",'
                f'"referrer":"https://search.example/","user_agent":"{_AGENT}","length":5120,'
                '"generation_time_milli":0.025,"date":"2025-05-17T10:05:03+09:00"}'
            ),
            (
                '{"timestamp":"2025-05-17T10:05:03Z","client_ip":"192.0.2.7","method":"GET","uri":"/plan",'
                f'"query":"id=3","status":200,"bytes":5120,"user_agent":"{_AGENT}"}}'
            ),
        ),
        aliases=("json_lines", "ndjson", "matomo_json"),
    ),
)
