package dev.herald.server.config;

import java.util.List;

/** Every setting there is, in the order a person would look for it: what --help and the README list. */
public final class SettingCatalogue {
    private static final List<Setting> SETTINGS = List.of(
            new Setting(
                    "DATABASE_URL",
                    "embedded",
                    "jdbc:postgresql:… of the database; unset: a PostgreSQL of Herald's own"),
            new Setting("DATABASE_USER", "", "its user"),
            new Setting("DATABASE_PASSWORD", "", "its password", true),
            new Setting("DATABASE_POOL_SIZE", "10", "connections to hold at most"),
            new Setting("HERALD_DATA_DIR", "./.herald", "where the embedded database keeps its files"),
            new Setting(
                    "DIRECTORY",
                    "own",
                    "own: fed by DirectoryService; shared: the campus system's tables in the same database"),
            new Setting("GRPC_HOST", "127.0.0.1", "address to listen on"),
            new Setting("GRPC_PORT", "9090", "its port; 0 takes a free one"),
            new Setting("GRPC_REFLECTION", "on", "whether server reflection is offered, to any authenticated caller"),
            new Setting("GRPC_TLS_CERT", "", "PEM file of the certificate chain; unset: plaintext"),
            new Setting("GRPC_TLS_KEY", "", "PEM file of its private key"),
            new Setting(
                    "GRPC_TLS_CLIENT_CA",
                    "",
                    "PEM file of the authorities one of which must have signed every client's certificate"),
            new Setting("GRPC_MAX_MESSAGE_BYTES", "1048576", "largest request"),
            new Setting("GRPC_MAX_CONNECTIONS", "4000", "connections to hold at most"),
            new Setting(
                    "AUTH", "jwt", "jwt: bearer tokens; mtls: client certificates; off: everybody, on loopback only"),
            new Setting(
                    "AUTH_JWT_SECRET",
                    "required with jwt",
                    "key of callers' bearer tokens, at least 32 bytes; or AUTH_JWKS_FILE",
                    true),
            new Setting(
                    "AUTH_JWKS_FILE", "", "JSON Web Key Set of callers' bearer tokens: HS256, RS256 and ES256, by kid"),
            new Setting(
                    "AUTH_ROLES",
                    "",
                    "with mtls, roles by SPIFFE id: spiffe://campus/session-service=session,spiffe://campus/ops=admin"),
            new Setting(
                    "CALLER_RATE_LIMIT",
                    "",
                    "calls a second one caller may make of a process; a message of ValidateTokens counts as one"),
            new Setting("JWT_SECRET_KEY", "required", "key that signs links, at least 32 bytes", true),
            new Setting(
                    "JWT_PREVIOUS_SECRET_KEYS",
                    "",
                    "keys whose links are still accepted, comma-separated; one a line in a file",
                    true),
            new Setting("TOKEN_EXPIRY_MINUTES", "60", "how long links live"),
            new Setting("TOKEN_EXPIRY_POLICY", "session_start", "counted from session_start or session_end"),
            new Setting("ATTENDANCE_URL", "required", "the page links lead to"),
            new Setting("EMAIL_BACKEND", "smtp", "smtp, file or console"),
            new Setting(
                    "EMAIL_HOST",
                    "required for smtp",
                    "relays in order of preference: host, host:port, comma-separated"),
            new Setting("EMAIL_PORT", "587", "port of relays that name none"),
            new Setting("EMAIL_HOST_USER", "", "login name at the relay"),
            new Setting("EMAIL_HOST_PASSWORD", "", "its password", true),
            new Setting("EMAIL_USE_TLS", "on", "STARTTLS required; off together with EMAIL_USE_SSL: plain"),
            new Setting("EMAIL_USE_SSL", "off", "TLS from the first byte"),
            new Setting("EMAIL_FILE_PATH", "./mail", "folder of the file backend"),
            new Setting("DEFAULT_FROM_EMAIL", "required", "sender, as a@example.org or Name <a@example.org>"),
            new Setting("MESSAGE_ID_DOMAIN", "the sender's", "what stands behind the at sign of Message-IDs"),
            new Setting("TEMPLATE_DIR", "", "folder whose templates replace the built-in ones, file by file"),
            new Setting("TIME_ZONE", "UTC", "zone of sessions that name none"),
            new Setting("SMTP_CONNECTIONS", "8", "connections to hold to relays"),
            new Setting("SMTP_MAILS_PER_CONNECTION", "50", "mails after which a connection is closed"),
            new Setting("SMTP_RATE_LIMIT", "", "mails a second to a relay, over all processes"),
            new Setting("SMTP_DOMAIN_RATE_LIMITS", "", "the same by recipients' domain: example.org=5,example.com=20"),
            new Setting("DELIVERY", "on", "off: this process serves calls only"),
            new Setting(
                    "DELIVERY_WAKEUP",
                    "notify",
                    "how processes hear of each other's mail: notify, by LISTEN; poll, within 2 s, behind a pooler of transactions"),
            new Setting(
                    "DELIVERY_LEASE_SECONDS",
                    "60",
                    "how long a mail in hand is kept from other replicas without a heartbeat"),
            new Setting("DELIVERY_MAX_RETRIES", "3", "tries after the first, 60, 120, 240 s apart"),
            new Setting(
                    "RETENTION_DAYS", "90", "days after its session's end that a notification is kept; 0 keeps all"),
            new Setting("TEST_EMAIL_ALLOWED", "", "addresses or domains test mail may go to, comma-separated"),
            new Setting("METRICS_HOST", "127.0.0.1", "address of /metrics, /livez and /readyz"),
            new Setting("METRICS_PORT", "9464, if free", "its port; 0 takes a free one"),
            new Setting("LOG_FORMAT", "text", "text or json"),
            new Setting("LOG_LEVEL", "info", "error, warn, info or debug"));

    private SettingCatalogue() {}

    public static List<Setting> all() {
        return SETTINGS;
    }

    /**
     * One setting.
     *
     * @param name of the environment variable
     * @param fallback what holds when it is unset; empty for nothing
     * @param secret whether NAME_FILE can name a file that holds it, and no flag can
     */
    public record Setting(String name, String fallback, String meaning, boolean secret) {
        Setting(String name, String fallback, String meaning) {
            this(name, fallback, meaning, false);
        }
    }
}
