package dev.septet.examples.tickets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.examples.world.Device;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TicketWriterTest {
    private static List<Ticket> tickets(long seed) {
        TicketWriter writer = new TicketWriter(seed, "tickets", 0.3);
        return LongStream.range(0, 2000).mapToObj(writer::ticket).toList();
    }

    @Test
    void coversEveryLabelEvenly() {
        Map<String, Integer> counts = new HashMap<>();
        for (Ticket ticket : tickets(1)) {
            Routing routing = ticket.routing();
            for (String label : List.of(routing.team(), routing.product(), routing.priority())) {
                counts.merge(label, 1, Integer::sum);
            }
        }
        assertThat(counts).hasSize(Routing.TEAMS.size() + Device.ALL.size() + Routing.PRIORITIES.size());
        assertThat(counts.values()).allMatch(count -> count > 200);
    }

    @Test
    void hasAnAnswerForEveryTextAndOneOnly() {
        Map<String, Routing> answers = new HashMap<>();
        for (Ticket ticket : tickets(1)) {
            assertThat(answers.computeIfAbsent(ticket.text(), text -> ticket.routing()))
                    .isEqualTo(ticket.routing());
        }
        assertThat(answers).hasSizeGreaterThan(1900);
    }

    @Test
    void namesTheProductInEveryTicket() {
        for (Ticket ticket : tickets(2)) {
            Device device = Device.ALL.stream()
                    .filter(d -> d.kind().equals(ticket.routing().product()))
                    .findFirst()
                    .orElseThrow();
            Set<String> names = new HashSet<>(device.models());
            names.addAll(device.others());
            names.add(device.kind());
            assertThat(names).anyMatch(ticket.text()::contains);
        }
    }

    @Test
    void writesStrictRecords() {
        assertThat(new Routing("billing", "router", "high").json())
                .isEqualTo("{\"team\":\"billing\",\"product\":\"router\",\"priority\":\"high\"}");
    }
}
