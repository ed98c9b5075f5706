package dev.septet.workers.client;

import dev.septet.workers.codec.CodecSettings;
import dev.septet.workflows.payload.SeptetDataConverter;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DataConverter;
import java.util.List;
import java.util.Map;

/**
 * The options for the Temporal clients of Septet's own processes. All clients use them, so that
 * they encode payloads in the same way.
 *
 * @param environment environment variables, which set how payloads are encoded
 */
public record ClientOptions(Map<String, String> environment) {
    /** Options from this process's environment. */
    public static ClientOptions system() {
        return new ClientOptions(System.getenv());
    }

    /**
     * Adds Septet's settings to options of a workflow client.
     *
     * @throws dev.septet.workers.codec.CodecProblem when the environment's settings for payloads
     *     are invalid
     */
    public WorkflowClientOptions.Builder workflow(WorkflowClientOptions options) {
        return WorkflowClientOptions.newBuilder(options).setDataConverter(converter(options.getNamespace()));
    }

    /** Options of a workflow client for a namespace. */
    public WorkflowClientOptions.Builder workflow(String namespace) {
        return workflow(
                WorkflowClientOptions.newBuilder().setNamespace(namespace).build());
    }

    /** Options of a schedule client for a namespace. */
    public ScheduleClientOptions.Builder schedule(String namespace) {
        return ScheduleClientOptions.newBuilder().setNamespace(namespace).setDataConverter(converter(namespace));
    }

    private DataConverter converter(String namespace) {
        CodecSettings codec = new CodecSettings(environment);
        return new CodecDataConverter(SeptetDataConverter.create(), List.of(codec.codec(namespace)), codec.encodes());
    }
}
