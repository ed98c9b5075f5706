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
    deploy { target directory('models/tuned') }
    monitor { every 6.hours; log 'audit.jsonl'; minimum 3; drift perplexity, rise: 5.percent }
}
