pipeline('support') {
    prepare    { dataset 'data/rows.jsonl' }
    initialize { model 'models/base' }
    train      { method lora(); optimizer adamw(weightDecay: 0.01) }
}
