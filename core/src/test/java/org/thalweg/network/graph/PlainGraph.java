package org.thalweg.network.graph;

import java.util.Arrays;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Tensor;

/** The formulas of arXiv 2511.03251 in plain loops, one graph at a time. */
final class PlainGraph {
    private PlainGraph() {}

    /** Logits [nodes·classes] of a graph as the network takes it. */
    static double[] logits(GraphConfig config, Parameters model, double[] graph) {
        int classes = config.classes().orElseThrow();
        double[][] head = rows(model.get("classifier.weight"));
        double[] bias = model.get("classifier.bias").toDoubles();
        double[][][] said = new double[config.experts()][][];
        double[][] confidence = new double[config.experts()][config.expert().nodes()];
        for (int expert = 0; expert < config.experts(); expert++) {
            said[expert] = embeddings(config, model, graph, expert);
            for (int node = 0; node < config.expert().nodes(); node++) {
                confidence[expert][node] = 1e-5 + 1 - entropy(classify(head, bias, said[expert][node]))
                        / Math.log(classes);
            }
        }
        double[] result = new double[config.expert().nodes() * classes];
        for (int node = 0; node < config.expert().nodes(); node++) {
            double sum = 0;
            double[] mixed = new double[config.expert().embedding()];
            for (int expert = 0; expert < config.experts(); expert++) {
                sum += confidence[expert][node];
                for (int i = 0; i < mixed.length; i++) {
                    mixed[i] += confidence[expert][node] * said[expert][node][i];
                }
            }
            for (int i = 0; i < mixed.length; i++) {
                mixed[i] /= sum;
            }
            System.arraycopy(classify(head, bias, mixed), 0, result, node * classes, classes);
        }
        return result;
    }

    /** What one expert makes of the nodes, [nodes embedding]. */
    static double[][] embeddings(GraphConfig config, Parameters model, double[] graph, int expert) {
        int nodes = config.expert().nodes();
        double[][] adjacency = adjacency(graph, nodes);
        double[][] input = new double[nodes][];
        double[] prompt = model.get("experts." + expert + ".prompt").toDoubles();
        for (int node = 0; node < nodes; node++) {
            int start = nodes * nodes + node * config.expert().features();
            double[] features = Arrays.copyOfRange(graph, start, start + config.expert().features());
            input[node] = Arrays.copyOf(features, features.length + prompt.length);
            System.arraycopy(prompt, 0, input[node], features.length, prompt.length);
        }
        double[][] own = rows(model.get("experts." + expert + ".features.weight"));
        double[][] asked = rows(model.get("experts." + expert + ".prompt_map.weight"));
        double[][] first = new double[own.length][];
        for (int unit = 0; unit < own.length; unit++) {
            first[unit] = Arrays.copyOf(own[unit], own[unit].length + asked[unit].length);
            System.arraycopy(asked[unit], 0, first[unit], own[unit].length, asked[unit].length);
        }
        double[] bias = model.get("experts." + expert + ".features.bias").toDoubles();
        double[][] units = product(product(adjacency, input), turned(first));
        for (double[] row : units) {
            for (int unit = 0; unit < row.length; unit++) {
                row[unit] = Math.max(0, row[unit] + bias[unit]);
            }
        }
        return product(product(adjacency, units), turned(rows(model.get("experts." + expert + ".embedding.weight"))));
    }

    private static double[][] adjacency(double[] graph, int nodes) {
        double[][] edges = new double[nodes][nodes];
        double[] degrees = new double[nodes];
        for (int i = 0; i < nodes; i++) {
            for (int j = 0; j < nodes; j++) {
                edges[i][j] = i == j || (graph[i * nodes + j] + graph[j * nodes + i]) / 2 >= 0.5 ? 1 : 0;
                degrees[i] += edges[i][j];
            }
        }
        for (int i = 0; i < nodes; i++) {
            for (int j = 0; j < nodes; j++) {
                edges[i][j] /= Math.sqrt(degrees[i] * degrees[j]);
            }
        }
        return edges;
    }

    private static double[] classify(double[][] head, double[] bias, double[] embedding) {
        double[] logits = bias.clone();
        for (int i = 0; i < logits.length; i++) {
            for (int j = 0; j < embedding.length; j++) {
                logits[i] += head[i][j] * embedding[j];
            }
        }
        return logits;
    }

    private static double entropy(double[] logits) {
        double most = Arrays.stream(logits).max().orElseThrow();
        double[] powers = Arrays.stream(logits).map(logit -> Math.exp(logit - most)).toArray();
        double sum = Arrays.stream(powers).sum();
        return -Arrays.stream(powers).map(power -> power / sum * Math.log(Math.max(1e-300, power / sum))).sum();
    }

    private static double[][] product(double[][] left, double[][] right) {
        double[][] result = new double[left.length][right[0].length];
        for (int i = 0; i < left.length; i++) {
            for (int j = 0; j < right[0].length; j++) {
                for (int k = 0; k < right.length; k++) {
                    result[i][j] += left[i][k] * right[k][j];
                }
            }
        }
        return result;
    }

    private static double[][] turned(double[][] matrix) {
        double[][] result = new double[matrix[0].length][matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < matrix[0].length; j++) {
                result[j][i] = matrix[i][j];
            }
        }
        return result;
    }

    private static double[][] rows(Tensor matrix) {
        double[] flat = matrix.contiguous().toDoubles();
        int columns = (int) matrix.length(1);
        double[][] rows = new double[flat.length / columns][];
        Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * columns, (i + 1) * columns));
        return rows;
    }
}
