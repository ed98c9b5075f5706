package dev.septet.workflows.deploy;

import dev.septet.workflows.artifact.DeploymentRef;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Export, proof of parity, publication. */
@WorkflowInterface
public interface DeployWorkflow {
    @WorkflowMethod(name = "Deploy")
    DeploymentRef deploy(DeployRequest request);
}
