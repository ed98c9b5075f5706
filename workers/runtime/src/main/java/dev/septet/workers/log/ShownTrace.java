package dev.septet.workers.log;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import dev.septet.dsl.text.PublicText;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes an exception without quotes of the input that could not be read. */
public final class ShownTrace extends ThrowableProxyConverter {
    @Override
    protected String throwableProxyToString(IThrowableProxy problem) {
        return PublicText.visible(HiddenSecrets.in(super.throwableProxyToString(shown(problem))));
    }

    /** The same exception without quotes of such input. */
    static IThrowableProxy shown(IThrowableProxy problem) {
        return new Shown(problem);
    }

    private record Shown(IThrowableProxy problem) implements IThrowableProxy {
        @Override
        public @Nullable String getMessage() {
            String message = problem.getMessage();
            if (message == null) {
                return null;
            }
            return PublicText.quotes(problem.getClassName()) ? "what was read is not valid" : PublicText.line(message);
        }

        @Override
        public @Nullable String getOverridingMessage() {
            return null;
        }

        @Override
        public String getClassName() {
            return problem.getClassName();
        }

        @Override
        public StackTraceElementProxy[] getStackTraceElementProxyArray() {
            return problem.getStackTraceElementProxyArray();
        }

        @Override
        public int getCommonFrames() {
            return problem.getCommonFrames();
        }

        @Override
        public @Nullable IThrowableProxy getCause() {
            IThrowableProxy cause = problem.getCause();
            return cause == null ? null : new Shown(cause);
        }

        @Override
        public IThrowableProxy[] getSuppressed() {
            IThrowableProxy[] suppressed = problem.getSuppressed();
            return suppressed == null
                    ? new IThrowableProxy[0]
                    : Arrays.stream(suppressed).map(Shown::new).toArray(IThrowableProxy[]::new);
        }

        @Override
        public boolean isCyclic() {
            return problem.isCyclic();
        }
    }
}
