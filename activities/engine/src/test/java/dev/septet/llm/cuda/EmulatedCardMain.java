package dev.septet.llm.cuda;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import ai.djl.engine.Engine;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The process with an {@link EmulatedCard}. Its arguments are the card, a folder for its results, and test classes. */
final class EmulatedCardMain {
    static final String COUNT = "count";
    static final String FAILURES = "failures";
    static final String OPERATORS = "operators";

    /** Tests that start a process of their own, which has no card. */
    private static final Set<String> ELSEWHERE = Set.of("resumedInAnotherProcessEqualsUndisturbed");

    private EmulatedCardMain() {}

    public static void main(String[] arguments) throws IOException {
        Engine.getInstance(); // loads libtorch, which the card extends
        System.load(arguments[0]);
        if (!Engine.getInstance().defaultDevice().isGpu()) {
            throw new IllegalStateException("DJL does not see the emulated card");
        }
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(List.of(arguments).subList(2, arguments.length).stream()
                        .map(name -> selectClass(name))
                        .toList())
                .filters((PostDiscoveryFilter) EmulatedCardMain::here)
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        TestExecutionSummary summary = listener.getSummary();
        Path results = Path.of(arguments[1]);
        Files.writeString(results.resolve(COUNT), Long.toString(summary.getTestsSucceededCount()));
        Files.write(
                results.resolve(FAILURES),
                summary.getFailures().stream()
                        .map(failure -> "%s: %s"
                                .formatted(
                                        failure.getTestIdentifier().getUniqueId(),
                                        String.valueOf(failure.getException()).replaceAll("\\s+", " ")))
                        .toList());
        String operators = NativeLibrary.getInstance(arguments[0])
                .getFunction("septet_card_operators")
                .invokeString(new Object[0], false);
        Files.writeString(results.resolve(OPERATORS), operators);
        System.exit(0);
    }

    private static FilterResult here(TestDescriptor test) {
        boolean elsewhere = test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(source -> ((MethodSource) source).getMethodName())
                .filter(ELSEWHERE::contains)
                .isPresent();
        return FilterResult.includedIf(!elsewhere);
    }
}
