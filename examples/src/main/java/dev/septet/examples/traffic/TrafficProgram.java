package dev.septet.examples.traffic;

import dev.septet.examples.world.Draw;
import dev.septet.examples.world.Exchange;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Sends requests of the example shop's customers to a served model, phase by phase, and sends their
 * feedback on the answers. Equal seeds give equal requests in equal order.
 */
@Command(
        name = "traffic",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Send support tickets to a served model, and customers' feedback on its answers.",
            "",
            "A phase is REQUESTS, or REQUESTS:SHIFT:PERCENT: 600:intents:80 is 600 requests, and 80"
                    + " % of them are about things that the shop did not sell before. Shifts: longer,"
                    + " language, intents, topic, typos."
        })
public final class TrafficProgram implements Callable<Integer> {
    private final PrintStream out;

    @Parameters(
            arity = "1..*",
            paramLabel = "PHASE",
            converter = Phase.Reader.class,
            description = "The phases, one after the other")
    private List<Phase> phases = List.of();

    @Option(names = "--url", paramLabel = "URL", description = "The server. Default: ${DEFAULT-VALUE}")
    private URI url = URI.create("http://127.0.0.1:8080/");

    @Option(names = "--model", paramLabel = "NAME", description = "Name of the served model. Default: ${DEFAULT-VALUE}")
    private String model = "ticket-desk";

    @Option(
            names = "--feedback",
            paramLabel = "PERCENT",
            description = "Share of the requests that get feedback, in percent. Default: ${DEFAULT-VALUE}")
    private int feedback = 40;

    @Option(
            names = "--per-second",
            paramLabel = "N",
            description = "The greatest number of requests a second. Default: as fast as the server" + " answers")
    private double perSecond = Double.POSITIVE_INFINITY;

    @Option(
            names = "--first",
            paramLabel = "N",
            description = "Number of the first customer, to continue where an earlier call ended")
    private long first;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the requests. Default: ${DEFAULT-VALUE}")
    private long seed = 1;

    private final @Nullable String key;

    TrafficProgram(PrintStream out, @Nullable String key) {
        this.out = out;
        this.key = key;
    }

    /** See {@code --help}. The API key is in {@code OPENAI_API_KEY}, if set. */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.exit(commandLine(out, System.getenv("OPENAI_API_KEY")).execute(arguments));
    }

    static CommandLine commandLine(PrintStream out, @Nullable String key) {
        return new CommandLine(new TrafficProgram(out, key)).setExecutionExceptionHandler((problem, line, parsed) -> {
            line.getErr().println("traffic: " + problem.getMessage());
            return 1;
        });
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (feedback < 0 || feedback > 100 || !(perSecond > 0)) {
            throw new CommandLine.ParameterException(
                    new CommandLine(this), "--feedback is from 0 to 100, and --per-second above 0");
        }
        Desk desk = new Desk(url, model, key);
        Customers customers = new Customers(seed, "traffic");
        long number = first;
        for (Phase phase : phases) {
            Tally tally = new Tally();
            for (int request = 0; request < phase.requests(); request++) {
                long begun = System.nanoTime();
                one(desk, customers, phase, number++, tally);
                pace(begun);
            }
            out.printf(Locale.ROOT, "%s: %s%n", phase, tally);
        }
        out.printf(Locale.ROOT, "continue with --first %d%n", number);
        return 0;
    }

    private void one(Desk desk, Customers customers, Phase phase, long number, Tally tally)
            throws IOException, InterruptedException {
        Draw draw = Draw.of(seed, "traffic", number);
        Shift shift = draw.chance(phase.share()) ? phase.shift() : Shift.NONE;
        Exchange wanted = customers.ask(shift, number);
        Desk.Answer answer = desk.ask(wanted.question());
        boolean right = answer.text().strip().equals(wanted.answer());
        tally.asked++;
        tally.right += right ? 1 : 0;
        if (draw.chance(feedback / 100.0)) {
            desk.judge(answer, right, right ? null : wanted.answer());
            tally.liked += right ? 1 : 0;
            tally.corrected += right ? 0 : 1;
        }
    }

    private void pace(long begun) throws InterruptedException {
        if (Double.isFinite(perSecond)) {
            long left = (long) (1e9 / perSecond) - (System.nanoTime() - begun);
            if (left > 0) {
                Thread.sleep(left / 1_000_000, (int) (left % 1_000_000));
            }
        }
    }

    private static final class Tally {
        private int asked;
        private int right;
        private int liked;
        private int corrected;

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%.1f %% right, %d liked, %d corrected",
                    asked == 0 ? 0 : 100.0 * right / asked,
                    liked,
                    corrected);
        }
    }
}
