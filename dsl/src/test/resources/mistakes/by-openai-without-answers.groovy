pipeline('router') {
    prepare { dataset 'data/tickets.jsonl', format: chat }
    initialize { model 'models/tiny' }
    train {
        by openai(endpoint: 'service', model: 'gpt-4o-mini-2024-07-18')
        method full()
        epochs 1
    }
    evaluate { metric loss, below: 2.0 }
    deploy { target http { port 8080 } }
}
