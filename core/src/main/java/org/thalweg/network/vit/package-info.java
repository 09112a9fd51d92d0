/** The Vision Transformer, with Mixture-of-Experts layers where the configuration says so. */
package org.thalweg.network.vit;
