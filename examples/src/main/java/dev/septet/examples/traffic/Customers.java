package dev.septet.examples.traffic;

import dev.septet.examples.tickets.Shop;
import dev.septet.examples.tickets.Ticket;
import dev.septet.examples.tickets.TicketRows;
import dev.septet.examples.tickets.TicketWriter;
import dev.septet.examples.world.Draw;
import dev.septet.examples.world.Exchange;
import dev.septet.examples.world.Grammar;
import dev.septet.examples.world.Prose;
import dev.septet.examples.world.Talk;
import java.util.List;
import java.util.Map;

/** Simulated customers: requests and their correct answers, before and after a shift. */
public final class Customers {
    private static final double WITH_DISTRACTOR = 0.12;
    private static final int MORE_SENTENCES = 3;

    private final long seed;
    private final String purpose;
    private final Grammar grammar = Grammar.load("tickets");
    private final TicketWriter known;
    private final TicketWriter german;
    private final TicketWriter grown;
    private final Talk talk;

    /** Customers for one purpose. Requests of different purposes are independent. */
    public Customers(long seed, String purpose) {
        this.seed = seed;
        this.purpose = purpose;
        known = new TicketWriter(seed, purpose, WITH_DISTRACTOR);
        german = new TicketWriter(seed, purpose + " german", WITH_DISTRACTOR, Shop.german());
        grown = new TicketWriter(seed, purpose + " grown", WITH_DISTRACTOR, Shop.grown());
        talk = new Talk(seed, purpose + " talk");
    }

    /** The request of this number, always the same. */
    public Exchange ask(Shift shift, long number) {
        Draw draw = Draw.of(seed, purpose + " " + shift.name(), number);
        return switch (shift) {
            case NONE, FEEDBACK -> routed(known.ticket(number));
            case LONGER -> {
                Ticket ticket = known.ticket(number);
                yield routed(new Ticket(ticket.text() + more(draw), ticket.routing()));
            }
            case LANGUAGE -> routed(german.ticket(number));
            case INTENTS -> routed(grown.ticket(number));
            case TOPIC -> talk.exchange(number);
            case TYPOS -> {
                Ticket ticket = known.ticket(number);
                yield routed(new Ticket(Typos.in(ticket.text(), draw), ticket.routing()));
            }
            case REFUSALS ->
                new Exchange(
                        "", TicketRows.TASK + known.ticket(number).text(), "I'm sorry, but I can't help with that.");
        };
    }

    private static Exchange routed(Ticket ticket) {
        return new Exchange(
                "", TicketRows.TASK + ticket.text(), ticket.routing().json());
    }

    private String more(Draw draw) {
        StringBuilder more = new StringBuilder();
        Map<String, String> words = Map.of("other", "office");
        for (int sentence = 0; sentence < MORE_SENTENCES; sentence++) {
            List<String> rules = List.of("context", "distractor");
            String next = grammar.phrase(rules.get(draw.below(rules.size())), words, draw);
            more.append(next.isEmpty() ? "" : " " + Prose.sentence(next));
        }
        return more.toString();
    }
}
