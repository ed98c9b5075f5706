/** MLflow: runs, curves, files and registered models. */
@NullMarked
package dev.septet.activities.track.mlflow;

import org.jspecify.annotations.NullMarked;
