package dev.septet.examples.tickets;

import dev.septet.examples.world.Device;
import dev.septet.examples.world.Draw;
import dev.septet.examples.world.Grammar;
import dev.septet.examples.world.Prose;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes tickets like those of customers, with the request among greetings and side remarks. */
public final class TicketWriter {
    private static final double WITH_CONTACT = 0.12;
    private static final double URGENCY_FIRST = 0.25;

    private final Shop shop;
    private final Grammar grammar;
    private final long seed;
    private final String purpose;
    private final double withDistractor;

    /**
     * A writer for one purpose. Tickets of different purposes are independent.
     *
     * @param withDistractor share of the tickets that also name an unrelated device
     */
    public TicketWriter(long seed, String purpose, double withDistractor) {
        this(seed, purpose, withDistractor, Shop.known());
    }

    /** A writer for the customers of another shop. */
    public TicketWriter(long seed, String purpose, double withDistractor, Shop shop) {
        this.shop = shop;
        grammar = shop.grammar();
        this.seed = seed;
        this.purpose = purpose;
        this.withDistractor = withDistractor;
    }

    /** The ticket of this number, always the same. */
    public Ticket ticket(long number) {
        Draw draw = Draw.of(seed, purpose, number);
        Routing routing =
                new Routing(draw.pick(shop.teams()), draw.pick(shop.devices()).kind(), draw.pick(Routing.PRIORITIES));
        return new Ticket(text(routing, draw), routing);
    }

    private String text(Routing routing, Draw draw) {
        Device device = device(routing.product());
        Device other =
                draw.pick(shop.devices().stream().filter(d -> !d.equals(device)).toList());
        Map<String, String> words = new HashMap<>(Contact.words(draw));
        words.put("it", shop.mention(device, draw));
        words.put("other", shop.names().getOrDefault(other.kind(), other.kind()));

        List<String> body = new ArrayList<>();
        body.add(grammar.phrase("context", words, draw));
        if (draw.chance(withDistractor)) {
            body.add(draw.below(body.size() + 1), grammar.phrase("distractor", words, draw));
        }
        body.add(draw.below(body.size() + 1), grammar.phrase("team." + routing.team(), words, draw));
        String urgency = grammar.phrase("priority." + routing.priority(), words, draw);
        body.add(draw.chance(URGENCY_FIRST) ? 0 : body.size(), urgency);
        if (draw.chance(WITH_CONTACT)) {
            body.add(grammar.phrase("contact", words, draw));
        }
        List<String> parts = new ArrayList<>();
        parts.add(grammar.phrase("greeting", words, draw));
        body.forEach(sentence -> parts.add(Prose.sentence(sentence)));
        parts.add(grammar.phrase("closing", words, draw));
        return Prose.join(parts);
    }

    private Device device(String kind) {
        return shop.devices().stream()
                .filter(d -> d.kind().equals(kind))
                .findFirst()
                .orElseThrow();
    }
}
