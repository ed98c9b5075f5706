package dev.septet.activities.source.database;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.DiskFullException;
import dev.septet.activities.store.FileModes;
import dev.septet.activities.trace.CallerContext;
import dev.septet.dsl.pipeline.prepare.QuerySpec;
import dev.septet.workflows.FailureType;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of a query into a file, each as one line of JSON. The transaction is read-only and limited in time,
 * rows and bytes.
 */
public final class QueryRows {
    private static final int FETCH = 100;
    private static final int MEGABYTE = 1_000_000;

    /** Roles of PostgreSQL that reach files and programs of the server, although the transaction is read-only. */
    private static final String POWERS = """
        select rolsuper or pg_has_role(current_user, 'pg_read_server_files', 'member')
            or pg_has_role(current_user, 'pg_write_server_files', 'member')
            or pg_has_role(current_user, 'pg_execute_server_program', 'member')
        from pg_catalog.pg_roles where rolname = current_user\
        """;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private final DeclaredDatabases declared;

    /**
     * @param declared the databases that pipelines may query
     */
    public QueryRows(DeclaredDatabases declared) {
        this.declared = declared;
    }

    /**
     * Writes the rows of a query.
     *
     * @param name what messages call the query
     * @param pipeline the pipeline that reads them
     * @param file a new file
     * @param progress receives the number of rows so far, every second; it may throw to cancel the query
     * @throws StageProblem when the operator does not allow the query, or the database does not answer it
     */
    public void write(QuerySpec query, String name, String pipeline, Path file, LongConsumer progress)
            throws IOException {
        DeclaredDatabase database = declared.database(query.database(), pipeline);
        QueryProblem problems = new QueryProblem(name, database);
        AtomicLong rows = new AtomicLong();
        AtomicReference<@Nullable Connection> open = new AtomicReference<>();
        ExecutorService one = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(CallerContext.of(work), "query");
            thread.setDaemon(true);
            return thread;
        });
        try {
            Future<?> work = one.submit(() -> {
                run(database, query.query(), problems, file, rows, open);
                return null;
            });
            await(
                    work,
                    problems,
                    rows,
                    progress,
                    System.nanoTime() + database.timeout().toNanos());
        } finally {
            end(open.get());
            one.shutdownNow();
        }
    }

    private static void await(
            Future<?> work, QueryProblem problems, AtomicLong rows, LongConsumer progress, long deadline)
            throws IOException {
        while (true) {
            try {
                work.get(1, TimeUnit.SECONDS);
                progress.accept(rows.get());
                return;
            } catch (TimeoutException running) {
                progress.accept(rows.get());
                if (System.nanoTime() > deadline) {
                    throw problems.late();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while a database answered a query", e);
            } catch (ExecutionException failed) {
                Throwable cause = failed.getCause();
                if (cause instanceof SQLException failure) {
                    throw problems.of(failure);
                }
                if (cause instanceof IOException failure) {
                    throw failure;
                }
                if (cause instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new IllegalStateException(cause);
            }
        }
    }

    /** Ends a query that is still running. */
    private static void end(@Nullable Connection open) {
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException gone) {
                // it has ended
            }
        }
    }

    private void run(
            DeclaredDatabase database,
            String query,
            QueryProblem problems,
            Path file,
            AtomicLong rows,
            AtomicReference<@Nullable Connection> open)
            throws SQLException, IOException {
        try (Connection connection =
                DriverManager.getConnection(database.address(), database.properties(declared.environment()))) {
            open.set(connection);
            connection.setReadOnly(true);
            connection.setAutoCommit(false); // otherwise PostgreSQL's driver reads all rows into memory
            try (Statement statement =
                    connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
                if (database.postgresql()) {
                    restrict(statement, database, problems);
                }
                statement.setFetchSize(FETCH);
                statement.setQueryTimeout(Math.toIntExact(database.timeout().toSeconds()));
                try (ResultSet result = statement.executeQuery(query)) {
                    write(result, QueryColumns.of(result.getMetaData(), problems), database, problems, file, rows);
                }
            }
            connection.rollback();
        }
    }

    private static void restrict(Statement statement, DeclaredDatabase database, QueryProblem problems)
            throws SQLException {
        try (ResultSet powers = statement.executeQuery(POWERS)) {
            if (powers.next() && powers.getBoolean(1)) {
                throw problems.problem(
                        FailureType.POLICY_DENIED,
                        "user %s of database '%s' may read or write files of the database's server, or is a superuser; the operator declares a user who may only read tables"
                                .formatted(database.user(), database.name()));
            }
        }
        for (String setting : new String[] {
            "statement_timeout = " + database.timeout().toMillis(),
            "lock_timeout = " + database.timeout().toMillis(),
            "TimeZone = 'UTC'",
            "DateStyle = 'ISO'",
            "IntervalStyle = 'iso_8601'",
            "standard_conforming_strings = on"
        }) {
            statement.execute("set local " + setting);
        }
    }

    private static void write(
            ResultSet result,
            QueryColumns columns,
            DeclaredDatabase database,
            QueryProblem problems,
            Path file,
            AtomicLong rows)
            throws SQLException, IOException {
        try (FileChannel out = FileModes.OWNER.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                OutputStream bytes = new BufferedOutputStream(Channels.newOutputStream(out), 1 << 16);
                JsonGenerator json = JSON.createGenerator(bytes, JsonEncoding.UTF8)) {
            json.setRootValueSeparator(null);
            while (result.next()) {
                if (rows.incrementAndGet() > database.rows()) {
                    throw problems.tooMuch(String.format(Locale.ROOT, "%,d rows", database.rows()), "rows");
                }
                columns.write(result, json);
                json.writeRaw('\n');
                if (out.position() / MEGABYTE >= database.megabytes()) {
                    throw problems.tooMuch(String.format(Locale.ROOT, "%,d MB", database.megabytes()), "megabytes");
                }
            }
        } catch (IOException e) {
            throw DiskFullException.orSame(file, e);
        }
    }
}
