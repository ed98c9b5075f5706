package dev.septet.examples.tickets;

/** A customer's ticket and its correct routing. */
public record Ticket(String text, Routing routing) {}
