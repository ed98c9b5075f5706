pipeline('hello') {
    prepare { dataset 'data/hello.jsonl' }
    initialize { model 'models/tiny' }
    train { method lora() }
    evaluate {
        metric loss
        errorClusters bound: 0.5, worst: 10.percent
    }
}
