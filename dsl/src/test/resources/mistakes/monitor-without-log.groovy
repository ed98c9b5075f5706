pipeline('support') {
    deploy { target directory('models/out') }
    monitor { every 6.hours; drift perplexity, rise: 15.percent }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
