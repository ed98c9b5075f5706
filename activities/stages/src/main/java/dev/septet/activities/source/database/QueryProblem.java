package dev.septet.activities.source.database;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.text.PublicText;
import dev.septet.workflows.FailureType;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Locale;

/**
 * Why a query gives no rows, in words for the pipeline's author and the operator. The database's own words are shown
 * only where they cannot quote a value of a row.
 *
 * @param source what messages call the query
 * @param database where it runs
 */
record QueryProblem(String source, DeclaredDatabase database) {
    private static final int LONGEST = 400;

    /** What a failure of the driver means. Its class is the first part of the SQL state. */
    StageProblem of(SQLException failure) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        String at = "database '%s'".formatted(database.name());
        if (failure instanceof SQLTimeoutException || state.equals("57014")) {
            return late();
        }
        if (state.equals("25006")) {
            return problem(FailureType.INVALID_PIPELINE, "the query writes, but a source may only read");
        }
        if (state.equals("42501")) {
            return problem(
                    FailureType.POLICY_DENIED,
                    "user %s of %s may not read this: %s; the operator grants it, or correct the query"
                            .formatted(database.user(), at, said(failure)));
        }
        if (state.startsWith("28") || state.equals("3D000")) {
            return problem(
                    FailureType.POLICY_DENIED,
                    "%s refuses user %s (SQL state %s); the operator checks `address:`, `user:` and `password:`"
                            .formatted(at, database.user(), state));
        }
        if (state.startsWith("42")) {
            return problem(
                    FailureType.INVALID_PIPELINE,
                    "%s does not accept the query: %s; correct `query:`".formatted(at, said(failure)));
        }
        if (state.startsWith("22") || state.startsWith("23") || state.equals("21000")) {
            return problem(
                    FailureType.POISON_DATA,
                    "a value of a row cannot be computed (SQL state %s); exclude such rows in the query"
                            .formatted(state));
        }
        if (String.valueOf(failure.getMessage()).contains("maxResultBuffer")) {
            return problem(
                    FailureType.POISON_DATA,
                    "100 rows in sequence have more than 128 MB; leave out the column with large values, or shorten"
                            + " it");
        }
        if (state.equals("08001")
                && failure.getMessage() != null
                && failure.getMessage().contains("No suitable driver")) {
            return problem(
                    FailureType.POLICY_DENIED,
                    "the worker has no JDBC driver for the address of %s; the operator adds its jar to the class path"
                            .formatted(at));
        }
        return problem(
                FailureType.BACKEND_FAILED,
                "%s failed (SQL state %s): %s".formatted(at, state.isEmpty() ? "none" : state, away(failure, state)));
    }

    /** The query takes longer than the operator allows. */
    StageProblem late() {
        return problem(
                FailureType.INVALID_PIPELINE,
                String.format(
                        Locale.ROOT,
                        "the query takes longer than %d seconds, which is `timeout:` of database '%s'; select fewer rows, or add an index",
                        database.timeout().toSeconds(),
                        database.name()));
    }

    /** The query returns more than the operator allows. */
    StageProblem tooMuch(String what, String limit) {
        return problem(
                FailureType.INVALID_PIPELINE,
                "the query returns more than %s, which is `%s:` of database '%s'; add a condition or a limit"
                        .formatted(what, limit, database.name()));
    }

    /** A column cannot become a field of a row. */
    StageProblem column(String name, String what) {
        return problem(FailureType.INVALID_PIPELINE, "column %s %s".formatted(PublicText.file(name), what));
    }

    StageProblem problem(FailureType type, String what) {
        return new StageProblem(type, "dataset '%s': %s".formatted(source, what));
    }

    private static String away(SQLException failure, String state) {
        // Classes of lost connections, full servers and servers that shut down: their messages name no value.
        boolean known = state.startsWith("08") || state.startsWith("53") || state.startsWith("57P");
        return known ? said(failure) : "see the log of the database";
    }

    /** The first line of the database's message: names of tables and columns, and no values in these classes. */
    private static String said(SQLException failure) {
        String line = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        String text = PublicText.line(line).replaceFirst("^(ERROR|FATAL): ", "");
        return text.substring(0, Math.min(LONGEST, text.length()));
    }
}
