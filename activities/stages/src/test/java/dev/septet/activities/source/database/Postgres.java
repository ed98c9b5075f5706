package dev.septet.activities.source.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A real PostgreSQL server for the tests of a class, with a user who may only read. */
final class Postgres implements BeforeAllCallback, AfterAllCallback {
    private @Nullable EmbeddedPostgres server;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        server = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
        execute("create role reader login password 'only reads'");
        execute("alter default privileges grant select on tables to reader");
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        server().close();
    }

    private EmbeddedPostgres server() {
        return Objects.requireNonNull(server);
    }

    int port() {
        return server().getPort();
    }

    /** Runs a statement as the superuser. */
    void execute(String sql) throws SQLException {
        try (Connection connection = server().getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A section of an operator's file. */
    String operator(String more) {
        return String.format(Locale.ROOT, """
            databases:
              warehouse:
                address: jdbc:postgresql://127.0.0.1:%d/postgres
                user: reader
                password: WAREHOUSE_PASSWORD
                pipelines: [p]
                %s
            """, port(), more);
    }
}
