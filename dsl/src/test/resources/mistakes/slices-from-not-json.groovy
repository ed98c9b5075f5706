pipeline('hello') {
    prepare { dataset 'data/hello.jsonl' }
    initialize { model 'models/tiny' }
    train { method lora() }
    evaluate {
        metric loss
        slices by: 'cluster', from: 'data/clusters.csv'
    }
}
