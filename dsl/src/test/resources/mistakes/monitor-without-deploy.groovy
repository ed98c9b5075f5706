pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
    monitor { every 6.hours; log 'audit.jsonl'; drift perplexity, rise: 15.percent }
}
