package dev.septet.examples.basemodel;

import dev.septet.examples.tickets.Routing;
import dev.septet.examples.tickets.Ticket;
import dev.septet.examples.tickets.TicketWriter;
import dev.septet.examples.world.Draw;
import dev.septet.examples.world.Exchange;
import dev.septet.examples.world.Prose;
import java.util.List;
import java.util.Map;

/**
 * Letters to the shop, and general questions about them: the subject, the device and the urgency.
 * The answers use the fictional world's own words. No document names the team for a letter or shows
 * the format of a routing record.
 */
final class Letters {
    private static final Map<String, String> TOPICS = Map.of(
            "billing", "money",
            "shipping", "a parcel",
            "repair", "a fault",
            "accounts", "a login",
            "sales", "buying",
            "returns", "sending back");
    private static final Map<String, String> HURRY =
            Map.of("high", "urgent", "normal", "as usual", "low", "not urgent");
    private static final double WITH_DISTRACTOR = 0.3;
    private static final List<String> READ = List.of("Read the letter: ", "A letter came: ");

    private final TicketWriter writer;

    Letters(long seed) {
        writer = new TicketWriter(seed, "letters", WITH_DISTRACTOR);
    }

    /** The letter without a question. */
    String text(long number) {
        return writer.ticket(number).text();
    }

    /** The letter, and a question about it. */
    Exchange question(long number, Draw draw) {
        Ticket letter = writer.ticket(number);
        Routing routing = letter.routing();
        String topic = TOPICS.getOrDefault(routing.team(), "");
        String thing = Prose.a(routing.product());
        String hurry = HURRY.getOrDefault(routing.priority(), "");
        String read = draw.pick(READ) + letter.text();
        return switch (draw.below(6)) {
            case 0 -> ask("What is it about?", read, "It is about " + topic + ".");
            case 1 -> ask("Which thing is it about?", read, "It is about " + thing + ".");
            case 2 -> ask("How urgent is it?", read, "It is " + hurry + ".");
            default -> ask("Sum it up.", read, topic + ", " + thing + ", " + hurry);
        };
    }

    private static Exchange ask(String system, String letter, String answer) {
        return new Exchange(system, letter, Prose.sentence(answer));
    }
}
