"""What Amazon's load balancers and storage write (CloudFront's is a W3C log)."""

from __future__ import annotations

from typing import Final

from weblog.formats.named.row import AGENT, NamedFormat

_TIMES: Final = "{duration_s} {duration_s+2} {duration_s+3}"

ROWS: Final = (
    NamedFormat(
        name="aws_alb",
        title="AWS Application Load Balancer",
        writers="Amazon Elastic Load Balancing",
        source="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
        "load-balancer-access-logs.html",
        # Fields were added at its end in 2016, 2018, 2019 and later.
        text="layout:{-} {time|iso} {-} {client|address}:{-|port} {-} "
        f'{_TIMES} {{status}} {{-}} {{-}} {{bytes}} "{{request|absolute}}" "{{user_agent}}" '
        "{-} {-} {-}{-|rest}",
        samples=(
            (
                "https 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 "
                "192.0.2.7:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "
                f'"GET https://shop.example:443/plan?id=3 HTTP/1.1" "{AGENT}" '
                "ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:"
                "123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "
                '"Root=1-58337281-1d84f3d73c47ec4e58577259" "shop.example" '
                '"arn:aws:acm:us-east-2:123456789012:certificate/12345678" 1 '
                '2018-07-02T22:22:48.364000Z "authenticate,forward" "-" "-" "10.0.0.1:80" "200" '
                '"-" "-" TID_dd57c3b2 "-" "-" "-"'
            ),
        ),
        aliases=("alb", "awsalb"),
    ),
    NamedFormat(
        name="aws_elb",
        title="AWS Classic Load Balancer",
        writers="Amazon Elastic Load Balancing",
        source="https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/"
        "access-log-collection.html",
        text="layout:{time|iso} {-} {client|address}:{-|port} {-} "
        f'{_TIMES} {{status}} {{-}} {{-}} {{bytes}} "{{request|absolute}}" "{{user_agent}}"'
        "{-|rest}",
        samples=(
            (
                "2015-05-13T23:39:43.945958Z my-loadbalancer 192.0.2.7:2817 10.0.0.1:80 "
                '0.000073 0.001048 0.000057 200 200 0 29 "GET http://shop.example:80/plan?id=3 '
                f'HTTP/1.1" "{AGENT}" - -'
            ),
        ),
        aliases=("elb", "awselb"),
    ),
    NamedFormat(
        name="aws_s3",
        title="Amazon S3 server access log",
        writers="Amazon S3",
        source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html",
        text="layout:{-|hex} {host} [{time}] {client} {-} {-} {-} {-} "
        '"{request}" {status} {-} {bytes} {-} {duration_ms} {-} "{referrer}" "{user_agent}"'
        "{-|rest}",
        samples=(
            (
                "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be shop.example "
                "[06/Feb/2019:00:00:38 +0000] 192.0.2.3 - 3E57427F3EXAMPLE WEBSITE.GET.OBJECT "
                'plan.html "GET /plan.html HTTP/1.1" 200 - 113 113 7 6 '
                f'"https://shop.example/" "{AGENT}" - s9lzHYrFp76ZVxRcpX9+5cjAnE= SigV4 '
                "ECDHE-RSA-AES128-GCM-SHA256 AuthHeader shop.example.s3.us-west-1.amazonaws.com "
                "TLSV1.2 - -"
            ),
        ),
        aliases=("s3", "awss3"),
    ),
)
