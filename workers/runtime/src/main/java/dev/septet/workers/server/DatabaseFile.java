package dev.septet.workers.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * The database file of a server that Septet starts. The server uses a write-ahead log (WAL), so readers do not stop it.
 *
 * @param file the SQLite file
 */
public record DatabaseFile(Path file) {
    private static final String BUSY_MILLIS = "60000";

    /** Whether there is a database. */
    public boolean exists() {
        return Files.isRegularFile(file);
    }

    /**
     * Copies the database as it is at one moment, also while the server runs, and checks the copy.
     *
     * @param copy a file that does not exist yet
     * @throws IOException with a message for users when the database cannot be read or is damaged
     */
    public void copyTo(Path copy) throws IOException {
        try (Connection database = open(file);
                Statement statement = database.createStatement()) {
            // VACUUM INTO reads one snapshot and writes no page that is free.
            statement.execute("VACUUM INTO '%s'"
                    .formatted(copy.toAbsolutePath().toString().replace("'", "''")));
        } catch (SQLException failed) {
            throw new IOException(
                    "the server's database %s cannot be copied: %s".formatted(file, failed.getMessage()), failed);
        }
        try (Connection database = open(copy);
                Statement statement = database.createStatement();
                ResultSet found = statement.executeQuery("PRAGMA quick_check(1)")) {
            String verdict = found.next() ? found.getString(1) : "nothing";
            if (!"ok".equals(verdict)) {
                throw new IOException(
                        "the server's database %s is damaged (%s). Start from the last backup: see docs/backup.md"
                                .formatted(file, verdict));
            }
        } catch (SQLException failed) {
            throw new IOException(
                    "the copy of the server's database %s cannot be read: %s".formatted(file, failed.getMessage()),
                    failed);
        }
    }

    private static Connection open(Path file) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("busy_timeout", BUSY_MILLIS);
        return DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath(), properties);
    }
}
