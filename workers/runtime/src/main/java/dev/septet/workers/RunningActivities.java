package dev.septet.workers;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.septet.activities.store.FileModes;
import dev.septet.dsl.pipeline.SpecJson;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a small file with the activities that this worker is running. The supervisor outlives the
 * worker: the activities in the file after the process has ended were lost.
 */
public final class RunningActivities extends WorkerInterceptorBase {
    private static final Logger LOG = LoggerFactory.getLogger(RunningActivities.class);

    private final Path file;
    private final Set<RunningActivity> running = new LinkedHashSet<>();

    public RunningActivities(Path file) {
        this.file = file;
    }

    /** The file of a process of this name. */
    public static Path file(StateFolder state, String process) {
        return state.processes().resolve(process + ".running.json");
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new Recording(next);
    }

    /**
     * Records one activity's call. It keeps the context itself, because the thread-bound context is
     * set only by inner interceptors.
     */
    private final class Recording extends ActivityInboundCallsInterceptorBase {
        private @Nullable ActivityInfo info;

        Recording(ActivityInboundCallsInterceptor next) {
            super(next);
        }

        @Override
        public void init(ActivityExecutionContext context) {
            info = context.getInfo();
            super.init(context);
        }

        @Override
        public ActivityOutput execute(ActivityInput input) {
            RunningActivity activity = of(Objects.requireNonNull(info));
            change(activity, true);
            try {
                return super.execute(input);
            } finally {
                change(activity, false);
            }
        }
    }

    /** The activities in the file; empty when there is no file. */
    public static List<RunningActivity> read(Path file) throws IOException {
        try {
            return SpecJson.mapper().readValue(Files.readString(file), new TypeReference<List<RunningActivity>>() {});
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }

    private synchronized void change(RunningActivity activity, boolean begins) {
        if (begins) {
            running.add(activity);
        } else {
            running.remove(activity);
        }
        try {
            FileModes.OWNER.folder(file.toAbsolutePath().resolveSibling(""));
            FileModes.OWNER.replace(file, SpecJson.mapper().writeValueAsString(running));
        } catch (IOException e) {
            // Without the file, the heartbeat timeout still reveals the death of this process.
            LOG.warn("cannot write {}: {}", file, e.toString());
        }
    }

    private static RunningActivity of(ActivityInfo info) {
        return new RunningActivity(
                info.getNamespace(),
                String.valueOf(info.getWorkflowId()),
                String.valueOf(info.getWorkflowRunId()),
                info.getActivityId(),
                info.getActivityType(),
                info.getAttempt(),
                Base64.getEncoder().encodeToString(info.getTaskToken()));
    }
}
