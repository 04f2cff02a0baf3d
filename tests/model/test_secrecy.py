"""What is a secret is covered, and what only talks of one is not."""

import pytest

from kubectl_mc.model.secrecy import MASK, masked, masked_command, masked_text, named_as_secret, written_out


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "hunter2"),
        ("API_KEY", "abc"),
        ("apiKey", "abc"),
        ("GITHUB_TOKEN", "x"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
        ("MYSQL_PWD", "x"),
        ("ANYTHING", "-----BEGIN RSA PRIVATE KEY-----"),
        ("ANYTHING", "AKIAABCDEFGHIJKLMNOP"),
    ],
)
def test_a_secret_is_covered_whole(name: str, value: str) -> None:
    assert masked(name, value) == MASK


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD_FILE", "/run/secrets/password"),
        ("SECRET_NAME", "db"),
        ("TOKEN_TTL", "3600"),
        ("TOKENIZER", "fast"),
        ("COMPASS", "north"),
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD", "$(OTHER)"),
        ("URL", "https://example.com/a:b@c"),
        ("URL", "postgres://user:$(PASSWORD)@db/app"),
    ],
)
def test_what_only_talks_of_a_secret_is_shown(name: str, value: str) -> None:
    assert masked(name, value) == value


@pytest.mark.parametrize(
    ("name", "near_miss"),
    [
        ("DB_PASSWORD", "DB_PASSWORD_FILE"),
        ("REDIS_PASSWD", "ETC_PASSWD_PATH"),
        ("SSH_PASSPHRASE", "PASSPHRASE_LENGTH"),
        ("requirepass", "require_pastry"),
        ("CLIENT_SECRET", "SECRET_NAME"),
        ("clientSecret", "secretName"),
        ("AWS_CREDENTIALS", "CREDENTIALS_FILE"),
        ("STRIPE_API_KEY", "API_KEY_HEADER"),
        ("APIKEY", "APIKEY_TTL"),
        ("accessKey", "accessKeyRotation"),
        ("STORAGE_ACCOUNT_KEY", "ACCOUNT_KEY_NAME"),
        ("PRIVATE_KEY", "PRIVATE_KEY_PATH"),
        ("ENCRYPTION_KEY", "ENCRYPTION_KEY_VERSION"),
        ("ENCRYPTION_KEY", "ENCRYPTION"),
        ("SIGNING_KEY", "SIGNING_KEY_ALGORITHM"),
        ("signing-key", "signing"),
        ("CONNECTION_STRING", "CONNECTION_TIMEOUT"),
        ("ConnectionString", "CONNECTIONS"),
        ("GITHUB_TOKEN", "MAX_TOKENS"),
        ("accessToken", "tokenizer"),
        ("--auth-token", "--token-ttl"),
        ("x-auth-token", "token-audience"),
        ("MYSQL_PWD", "PWDX"),
        ("db.pass", "bypass"),
        ("DB_PASS", "COMPASS"),
        ("PRIVATE_KEY", "PUBLIC_KEY"),
        ("API_KEY", "KEY"),
        ("API_KEY", "MONKEY"),
    ],
)
def test_a_name_says_that_a_secret_is_behind_it_and_one_much_like_it_does_not(name: str, near_miss: str) -> None:
    assert named_as_secret(name)
    assert not named_as_secret(near_miss)


@pytest.mark.parametrize(
    ("secret", "near_miss"),
    [
        ("AKIA" + "Q7" * 8, "AKIA" + "Q7" * 7),
        ("ASIA" + "Q7" * 8, "ASIAN MARKETS"),
        ("ghp_" + "aB3" * 12, "ghp_" + "a" * 8),
        ("gho_" + "aB3" * 12, "gho_st"),
        ("github_pat_" + "aB3_" * 12, "github_pat_name"),
        ("glpat-" + "aB3-" * 5, "glpat-docs"),
        ("xoxb-" + "123456-" * 3, "xoxo-" + "123"),
        ("xoxe-" + "123456-" * 3, "foxb-" + "123456-" * 3),
        ("sk_live_" + "aB3" * 8, "sk_test_" + "aB3" * 8),
        ("rk_live_" + "aB3" * 8, "disk_live_" + "aB3" * 8),
        ("AIza" + "aB3_x" * 7, "AIza" + "aB3_x" * 4),
        ("npm_" + "aB3" * 12, "npm_config_cache"),
        ("dckr_pat_" + "aB3-x" * 5, "dckr_pat_x"),
        ("eyJ" + "aB3" * 8 + ".eyJ" + "aB3" * 8 + "." + "x_-9" * 8, "eyJ" + "aB3" * 8),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN CERTIFICATE-----\nMIIE",
        ),
        ("-----BEGIN PRIVATE KEY-----\\nMIIE, cut off", "-----BEGIN PUBLIC KEY-----\\nMIIE"),
    ],
)
def test_what_looks_like_a_secret_is_covered_wherever_it_stands(secret: str, near_miss: str) -> None:
    assert masked("ANYTHING", secret) == MASK
    assert masked_text(f"sent {secret}") == f"sent {MASK}"
    assert masked_command(["run", secret]) == f"run {MASK}"
    assert written_out("ANYTHING", f"it is {secret}")

    assert masked("ANYTHING", near_miss) == near_miss
    assert masked_text(f"sent {near_miss}") == f"sent {near_miss}"
    assert not written_out("ANYTHING", near_miss)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "hunter2"),
        ("DB_PASSWORD", "1234"),
        ("DB_URL", "postgres://app:hunter2@db/app"),
        ("JAVA_OPTS", "-Xmx1g -Dkeystore.password=hunter2"),
        ("", "PGPASSWORD=hunter2 psql"),
    ],
)
def test_a_secret_that_is_written_out(name: str, value: str) -> None:
    assert written_out(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD", "true"),
        ("DB_PASSWORD", "12"),
        ("DB_PASSWORD", "/run/secrets/db"),
        ("DB_PASSWORD", "<the password>"),
        ("DB_PASSWORD", "{{ .Values.password }}"),
        ("DB_PASSWORD", "$(OTHER)"),
        ("DB_PASSWORD", "xxxx"),
        ("DB_URL", "postgres://app:<password>@db/app"),
        ("--token", "-v"),
        ("", 'PGPASSWORD="$(cat /run/secrets/db)" psql'),
        ("", "pass=0; fail=0"),
    ],
)
def test_what_stands_for_a_secret_is_none(name: str, value: str) -> None:
    assert not written_out(name, value)


@pytest.mark.parametrize(
    "part", ["a", "key", "a.", "a=", "-p", "x-", "mysql ", "redis-cli ", "://", "a='", '"a": ', "-u ", "eyJ", "pass "]
)
def test_a_long_line_costs_no_more_than_its_length(part: str) -> None:
    text = "key " + part * (200_000 // len(part))

    assert masked_text(text)[:4] == "key "


def test_of_a_url_only_the_password_is_covered() -> None:
    assert masked("URL", "postgres://user:hunter2@db:5432/app") == f"postgres://user:{MASK}@db:5432/app"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["serve", "--port", "8080"], "serve --port 8080"),
        (["db", "--password=hunter2", "-v"], f"db --password={MASK} -v"),
        (["db", "--admin-password", "hunter2", "-v"], f"db --admin-password {MASK} -v"),
        (["db", "--password-file", "/run/pw"], "db --password-file /run/pw"),
        (["db", "--token", "hunter2", "hunter2"], f"db --token {MASK} hunter2"),
        (["db", "--token", "$(TOKEN)", "-v"], "db --token $(TOKEN) -v"),
        (["redis-server", "--requirepass", "hunter2"], f"redis-server --requirepass {MASK}"),
        (["run", "ENCRYPTION_KEY=hunter2", "SIGNING_KEY_FILE=/k"], f"run ENCRYPTION_KEY={MASK} SIGNING_KEY_FILE=/k"),
        (["sh", "-c", "API_KEY=abc ./run  postgres://me:pw@db/x"], f"sh -c API_KEY={MASK} ./run  postgres://me:{MASK}@db/x"),
    ],
)  # fmt: skip
def test_the_secrets_of_a_command_are_covered(words: list[str], shown: str) -> None:
    assert masked_command(words) == shown


@pytest.mark.parametrize(
    "text",
    [
        "error: password=hunter2 is refused",
        'login with {"user": "app", "password": "hunter2"}',
        "login with {'db.password': 'hunter2'}",
        'level=error msg="no login" api_key="hunter2"',
        "cannot reach postgres://app:hunter2@db:5432/app",
        "GET /ready?token=hunter2&x=1",
        "curl -u app:hunter2 http://127.0.0.1/ready",
        "curl --user=app:hunter2 http://127.0.0.1/ready",
        "curl -H 'Authorization: Bearer hunter2' http://127.0.0.1/ready",
        "curl -H 'X-Api-Key: hunter2' http://127.0.0.1/ready",
        "redis-cli -h 127.0.0.1 -a hunter2 ping",
        "mysqladmin ping -uroot -phunter2",
        "db --admin-password hunter2 -v",
        "PGPASSWORD=hunter2 psql",
    ],
)
def test_what_a_text_names_as_a_secret_is_covered(text: str) -> None:
    assert masked_text(text) == text.replace("hunter2", MASK)
    assert masked_command(["sh", "-c", text]) == f"sh -c {text.replace('hunter2', MASK)}"


@pytest.mark.parametrize(
    "text",
    [
        "panic: no licence",
        "invalid password: authentication failed for user app",
        'MountVolume.SetUp failed for volume "tls-secret" : secret "tls" not found',
        "cannot read secret: permission denied",
        "open /run/secrets/token: no such file or directory",
        "redis-cli -a $REDIS_PASSWORD ping",
        "mysqladmin ping -uroot -p$MYSQL_ROOT_PASSWORD",
        'PGPASSWORD="$DB_PASSWORD" psql',
        "curl -u app:$PASSWORD http://127.0.0.1/ready",
        "su -u 1000:1000",
        "token_ttl=3600 key=app exit=1",
        "db --password-file /run/pw",
        "couldn't find key token in Secret shop/db",
        "redis-cli -p 6379 ping",
    ],
)
def test_a_text_that_only_talks_of_secrets_is_shown(text: str) -> None:
    assert masked_text(text) == text
