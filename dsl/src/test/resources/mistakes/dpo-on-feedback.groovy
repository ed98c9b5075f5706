pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
        objective dpo()
    }
    deploy {
        target http { port 8080 }
    }
    monitor {
        every 6.hours
        onFeedback retrain, after: 50.rows
    }
}
