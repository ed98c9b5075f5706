package dev.septet.examples.tickets;

import java.util.List;

/** The routing of a ticket: team, product and priority. */
public record Routing(String team, String product, String priority) {
    /** The teams that work on tickets. */
    public static final List<String> TEAMS = List.of("billing", "shipping", "repair", "accounts", "sales", "returns");

    /** The priorities, the most common one first. */
    public static final List<String> PRIORITIES = List.of("normal", "high", "low");

    /** The routing record as JSON: exactly these three fields in this order, without spaces. */
    public String json() {
        return "{\"team\":\"%s\",\"product\":\"%s\",\"priority\":\"%s\"}".formatted(team, product, priority);
    }
}
