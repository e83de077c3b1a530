"""Fine-tuning: from records to token ids, packed batches, and the loss on the answer."""
