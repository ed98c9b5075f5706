package dev.septet.activities.source.database;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.activities.operator.OperatorName;
import dev.septet.workflows.FailureType;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A database that the operator lets pipelines query.
 *
 * @param name the operator's name for it
 * @param address of JDBC, such as {@code jdbc:postgresql://db.example.com/warehouse}
 * @param user who may only read
 * @param password variable with the password; null = none
 * @param pipelines the pipelines that may query it
 * @param timeout the longest time of a query, with the transfer of its rows
 * @param rows the largest number of rows of a query
 * @param megabytes the largest size of the rows of a query as JSON, in MB (10^6 bytes)
 */
public record DeclaredDatabase(
        String name,
        String address,
        String user,
        @Nullable String password,
        List<String> pipelines,
        Duration timeout,
        long rows,
        long megabytes) {
    private static final String POSTGRESQL = "jdbc:postgresql:";
    private static final Pattern HOST = Pattern.compile("jdbc:postgresql://([^/?]*).*");
    private static final String LOOPBACK = "(localhost|127\\.[0-9.]+|\\[::1])(:[0-9]+)?";
    private static final Duration TIMEOUT = Duration.ofMinutes(30);
    private static final long ROWS = 10_000_000;
    private static final long MEGABYTES = 10_000;

    public DeclaredDatabase {
        pipelines = List.copyOf(pipelines);
    }

    /** Reads one database of the section {@code databases:}. */
    static DeclaredDatabase of(OperatorFile file, String at, JsonNode json) {
        file.object(json, at, "address", "user", "password", "pipelines", "timeout", "rows", "megabytes");
        String address = file.text(json, at, "address");
        if (address == null || !address.matches("jdbc:[a-z0-9]+:\\S+")) {
            throw file.wrong(
                    at,
                    "address",
                    "an address such as jdbc:postgresql://db.example.com/warehouse?sslrootcert=/etc/db.pem");
        }
        String lower = address.toLowerCase(Locale.ROOT);
        if (lower.contains("password=") || lower.contains("user=") || lower.matches("jdbc:[a-z0-9]+://[^/?]*@.*")) {
            throw file.wrong(
                    at,
                    "address",
                    "an address without a user and a password; `password:` names the variable of the password");
        }
        String user = file.text(json, at, "user");
        if (user == null || user.isBlank()) {
            throw file.wrong(at, "user", "a user of the database who may only read");
        }
        return new DeclaredDatabase(
                at.substring(at.lastIndexOf(' ') + 1),
                address,
                user,
                OperatorName.variable(file, json, at, "password", "WAREHOUSE_PASSWORD"),
                OperatorName.pipelines(file, json, at),
                file.time(json, at, "timeout", TIMEOUT),
                limit(file, json, at, "rows", ROWS),
                limit(file, json, at, "megabytes", MEGABYTES));
    }

    private static long limit(OperatorFile file, JsonNode json, String at, String name, long standard) {
        JsonNode value = json.path(name);
        if (value.isMissingNode()) {
            return standard;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 1) {
            throw file.wrong(at, name, "a whole number of at least 1");
        }
        return value.asLong();
    }

    /** Whether PostgreSQL's own driver connects. */
    boolean postgresql() {
        return address.startsWith(POSTGRESQL);
    }

    /**
     * What the driver needs to connect.
     *
     * @param environment of the worker, with the password
     * @throws StageProblem POLICY_DENIED when the password's variable is not set
     */
    Properties properties(Map<String, String> environment) {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        if (password != null) {
            String value = environment.get(password);
            if (value == null || value.isEmpty()) {
                throw new StageProblem(
                        FailureType.POLICY_DENIED,
                        "database '%s': the worker has no environment variable %s, which the operator's file names; set it and start the worker again"
                                .formatted(name, password));
            }
            properties.setProperty("password", value);
        }
        if (postgresql()) {
            properties.setProperty("ApplicationName", "septet");
            properties.setProperty("connectTimeout", "10");
            properties.setProperty("loginTimeout", "30");
            properties.setProperty("socketTimeout", String.valueOf(timeout.toSeconds() + 30));
            properties.setProperty("binaryTransfer", "false"); // texts of dates do not depend on this machine's zone
            properties.setProperty("maxResultBuffer", "128M");
            Matcher host = HOST.matcher(address);
            boolean near = host.matches() && host.group(1).matches(LOOPBACK);
            if (!near && !address.contains("sslmode=")) {
                properties.setProperty("sslmode", "verify-full");
            }
        }
        return properties;
    }
}
