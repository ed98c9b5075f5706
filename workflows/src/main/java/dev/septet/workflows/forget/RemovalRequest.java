package dev.septet.workflows.forget;

import dev.septet.workflows.RunRef;
import dev.septet.workflows.RunScoped;
import java.util.List;

/**
 * Input of the activity that removes published versions.
 *
 * @param run the workflow as a run of the pipeline that published them, with its ticket. If no catalogue has that pipeline any
 *     more, it is a run of the order's pipeline
 * @param orderedFor the order's pipeline
 * @param order id of the order
 * @param pipeline the pipeline that published the versions
 */
public record RemovalRequest(RunRef run, String orderedFor, String order, String pipeline) implements RunScoped {
    @Override
    public List<Object> specs() {
        return List.of();
    }
}
