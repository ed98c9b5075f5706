package dev.septet.examples.tickets;

import java.util.List;

/** Where a ticket goes. */
public record Routing(String team, String product, String priority) {
    /** Who works on tickets. */
    public static final List<String> TEAMS = List.of("billing", "shipping", "repair", "accounts", "sales", "returns");

    /** How soon, the usual one first. */
    public static final List<String> PRIORITIES = List.of("normal", "high", "low");

    /** The strict form: these three fields in this order, no space. */
    public String json() {
        return "{\"team\":\"%s\",\"product\":\"%s\",\"priority\":\"%s\"}".formatted(team, product, priority);
    }
}
