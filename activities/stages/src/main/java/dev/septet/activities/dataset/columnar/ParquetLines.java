package dev.septet.activities.dataset.columnar;

import dev.septet.llm.sandbox.SandboxedConversion;
import dev.septet.llm.sandbox.SandboxedConversion.Refusal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * Main class of the child process that converts a Parquet file. DuckDB reads the file in memory; it
 * may open no other file and load no extension.
 */
public final class ParquetLines {
    /** Types without a JSON form; a blob may be an image or sound. */
    private static final Pattern UNSUPPORTED = Pattern.compile("\\b(BLOB|BIT|INTERVAL|UNION|GEOMETRY|VARIANT)\\b");

    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"|'[^']*'");
    private static final int LONGEST_MESSAGE = 300;

    private ParquetLines() {}

    /**
     * @param arguments the file's path
     */
    public static void main(String[] arguments) {
        Path file = Path.of(arguments[0]);
        Connection[] database = new Connection[1];
        SandboxedConversion.run(List.of(file), () -> database[0] = database(), out -> write(database[0], file, out));
    }

    private static Connection database() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        return DriverManager.getConnection("jdbc:duckdb:", properties);
    }

    private static void write(Connection database, Path file, OutputStream out) throws IOException {
        if (file.toString().matches(".*[*?\\[\\]].*")) {
            throw new Refusal("has a path with *, ?, [ or ], which the reader takes for a pattern; rename it");
        }
        String literal = "'" + file.toString().replace("'", "''") + "'";
        try (Statement statement = database.createStatement()) {
            for (String setting : List.of(
                    "threads = 1",
                    "memory_limit = '1500MB'",
                    "TimeZone = 'UTC'",
                    "autoinstall_known_extensions = false",
                    "autoload_known_extensions = false",
                    "allowed_paths = [" + literal + "]",
                    "enable_external_access = false",
                    "lock_configuration = true")) {
                set(statement, setting);
            }
            checkColumns(statement, literal);
            try (ResultSet rows =
                    statement.executeQuery("SELECT to_json(row) FROM read_parquet(" + literal + ") row")) {
                while (rows.next()) {
                    out.write(rows.getString(1).getBytes(StandardCharsets.UTF_8));
                    out.write('\n');
                }
            }
        } catch (SQLException e) {
            throw new Refusal("is not a Parquet file that can be read: " + shown(e));
        }
    }

    private static void set(Statement statement, String setting) throws SQLException {
        try {
            statement.execute("SET " + setting);
        } catch (SQLException e) {
            // The time zone is a setting of an extension, which some builds do not have: then it is UTC.
            if (!setting.startsWith("TimeZone")) {
                throw e;
            }
        }
    }

    private static void checkColumns(Statement statement, String literal) throws SQLException {
        try (ResultSet columns = statement.executeQuery("DESCRIBE SELECT * FROM read_parquet(" + literal + ")")) {
            while (columns.next()) {
                String type = QUOTED.matcher(columns.getString("column_type")).replaceAll("");
                if (UNSUPPORTED.matcher(type).find()) {
                    throw new Refusal("column %s has the type %s, expected text, numbers, booleans, lists and structs;"
                                    .formatted(columns.getString("column_name"), type)
                            + " leave the column out");
                }
            }
        }
    }

    /** The reader's message without what it quotes, which may be a value. */
    private static String shown(SQLException e) {
        String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        String message = QUOTED.matcher(line).replaceAll("...");
        return message.substring(0, Math.min(LONGEST_MESSAGE, message.length()));
    }
}
