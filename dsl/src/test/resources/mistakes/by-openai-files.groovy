pipeline('router') {
    prepare { dataset 'data/tickets.jsonl', format: chat }
    initialize { model 'models/tiny' }
    train {
        by openai(endpoint: 'service', model: 'gpt-4o-mini-2024-07-18')
        method full()
        epochs 1
    }
    evaluate { metric exactMatch }
    deploy {
        quantize int8
        target http { port 8080 }
        target directory('models/router')
    }
    monitor {
        every 6.hours
        drift perplexity, rise: 20.percent
    }
}
