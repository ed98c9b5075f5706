package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The rows of a query to a database that the operator declares.
 *
 * @param database the operator's name for the database
 * @param query one statement that reads, with an order of its rows
 */
public record QuerySpec(String database, String query) {
    /** Characters of the longest query. */
    public static final int MAX_QUERY = 20_000;

    public QuerySpec {
        require(
                database.matches(BucketFilesSpec.NAME_PATTERN),
                "jdbc needs the operator's name of a database, such as 'warehouse', got '%s'",
                database);
        require(!query.isBlank() && query.length() <= MAX_QUERY, "query: must have 1 to %s characters", MAX_QUERY);
        String objection = new QueryText(query).objection();
        require(objection == null, "query: %s", objection);
    }

    /** The query, for messages, which do not repeat its text. */
    String name() {
        return "query %s of jdbc:%s".formatted(digest(), database);
    }

    private String digest() {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(query.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
