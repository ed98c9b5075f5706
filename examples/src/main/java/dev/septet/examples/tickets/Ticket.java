package dev.septet.examples.tickets;

/** What a customer wrote and where it should go. */
public record Ticket(String text, Routing routing) {}
